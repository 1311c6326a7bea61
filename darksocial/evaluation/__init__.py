"""How well the model judges labelled traffic: its figures beside those of simpler rules.

The pipeline does not use this package, which reads what `analyze` wrote, and the truth.
"""

from darksocial.evaluation.run import Evaluation, RuleResult, evaluate

__all__ = ["Evaluation", "RuleResult", "evaluate"]
