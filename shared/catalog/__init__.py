"""The models as types, and what becomes of our canonical inputs with each of them."""

from shared.catalog.entries import ModelField, Picture, Price, PromptField, Role, Rule, Span, Value
from shared.catalog.fitting import Adjustment, Fitted, fit, lines, nearest_ratio, shape
from shared.catalog.models import Account, Catalog, Model, read_catalog

__all__ = [
    "Account",
    "Adjustment",
    "Catalog",
    "Fitted",
    "Model",
    "ModelField",
    "Picture",
    "Price",
    "PromptField",
    "Role",
    "Rule",
    "Span",
    "Value",
    "fit",
    "lines",
    "nearest_ratio",
    "read_catalog",
    "shape",
]
