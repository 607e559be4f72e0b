"""The assignment of the chapter on choosing λ by cross-validation."""

PLACE = 4  # among the assignments
# Modules of reglib that its learner may import: ridge, with what it stands on.
AVAILABLE = (
    *("check", "data", "widgets.tune"),
    *("ridge", "decompose", "features", "path", "penalty"),
)
