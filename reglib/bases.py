"""An orthonormal basis of the lasso's active features, and the fit that it gives."""

import numpy as np

ROUNDING = 100 * np.finfo(float).eps


class Basis:
    """Orthonormal rows Q (k, n) that span the k active columns of X, and T (k, k): X_A T = Qᵀ.

    Least squares on the active features is then T(Qy), and (X_AᵀX_A)⁻¹ is TTᵀ, exact for features
    however collinear; one that depends on the others to within rounding is refused.

    >>> basis = Basis(np.array([[3.0, 3.0, 6.0], [4.0, 0.0, 4.0]]), np.array([1.0, 0.0]))
    >>> [basis.join(j) for j in (0, 1, 2)], basis.A
    ([True, True, False], array([0, 1]))
    >>> basis.leave(0)
    >>> basis.join(2), basis.A, (basis.X[:, basis.A] @ basis.T - basis.Q.T).round(12).any()
    (True, array([1, 2]), np.False_)
    """

    def __init__(self, X: np.ndarray, y: np.ndarray) -> None:
        self.X, self.y = X, y
        self.length, self.y_length = np.sqrt((X**2).sum(axis=0)), np.sqrt(y @ y)
        self.dependent = 10 * np.finfo(float).eps * max(X.shape)
        self.A, self.Q, self.T = np.zeros(0, int), np.zeros((0, len(X))), np.zeros((0, 0))

    def join(self, j: int) -> bool:
        """Take feature j in, by what it adds to the others; return False if that is rounding."""
        x, k = self.X[:, j], len(self.A)
        h = self.Q @ x
        q = x - h @ self.Q
        again = self.Q @ q  # rounding has left some of the others in q
        q, h = q - again @ self.Q, h + again
        size = np.sqrt(q @ q)
        if size <= self.dependent * self.length[j]:
            return False
        T = np.zeros((k + 1, k + 1))
        T[:k, :k], T[:k, k], T[k, k] = self.T, self.T @ h / -size, 1 / size
        self.A, self.Q, self.T = np.append(self.A, j), np.vstack([self.Q, q / size]), T
        return True

    def leave(self, j: int) -> None:
        """Take feature j out, and build the rest anew."""
        self.A = np.setdiff1d(self.A, j)
        Q, R = np.linalg.qr(self.X[:, self.A])
        self.Q, self.T = Q.T, np.linalg.inv(R)

    def segment(self, s: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return u, v and how far each may be off by rounding, and a and d; each (p,).

        For signs s (p,), w = u − λv on the active features, and Xᵀ(y − Xw) = a + λd. What is no
        more than rounding counts as 0 in u, v and a, and as ±1 in d next to ±1.
        """
        A, Q, T, size = self.A, self.Q, self.T, np.abs(self.T)
        z, t = Q @ self.y, s[A] @ T
        u, v, u_off, v_off = np.zeros((4, len(s)))
        u[A], u_off[A] = T @ z, ROUNDING * self.y_length * size.sum(axis=1)
        v[A], v_off[A] = T @ t, ROUNDING * (size @ size.sum(axis=0))
        a, d = np.array([self.y - z @ Q, t @ Q]) @ self.X
        d_off = ROUNDING * self.length * np.sqrt(t @ t)  # |d_j| ≤ length_j · ‖t‖ (Cauchy, Schwarz)
        u[np.abs(u) <= u_off] = 0.0
        v[np.abs(v) <= v_off] = 0.0
        a[np.abs(a) <= ROUNDING * self.length * self.y_length] = 0.0
        return u, v, u_off, v_off, a, np.where(np.abs(np.abs(d) - 1) <= d_off, np.sign(d), d)
