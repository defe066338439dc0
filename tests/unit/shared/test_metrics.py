"""Names and labels of what is counted."""

import re

from prometheus_client.parser import text_string_to_metric_families

import gateway.metrics
from shared.contracts.base import ErrorCode, Fault
from shared.contracts.order import Failed
from shared.metrics import REGISTRY, exposition, note_outcome, order_tally
from tests.unit.shared.orders import clip_order

BOUNDED = {"kind", "provider", "model", "outcome", "error_code", "call", "ended", "stream", "method", "route", "status",
           "name", "le", "generation", "transaction"}  # fmt: skip
"""Labels that have as many values as code and catalog give them."""


def test_names_follow_the_conventions_and_no_label_grows_with_use() -> None:
    assert gateway.metrics.REQUESTS is not None  # the gateway's own stand in the same registry
    families = {family.name: family for family in text_string_to_metric_families(exposition().decode())}
    ours = {name: family for name, family in families.items() if name.startswith("scenebeat_")}
    assert len(ours) >= 15
    for name, family in ours.items():
        assert re.fullmatch(r"scenebeat(_[a-z]+)+", name), name
        assert family.documentation.endswith("."), name
        assert not name.endswith(("_total", "_count", "_sum", "_ms")), name
        if family.type == "histogram":
            assert name.endswith("_seconds"), name
    for metric in REGISTRY.collect():
        for sample in metric.samples:
            if sample.name.startswith("scenebeat_"):
                assert set(sample.labels) <= BOUNDED, sample.name


def test_an_outcome_is_counted_by_kind_provider_and_code() -> None:
    order = clip_order()
    kind, provider = order.command.kind, order.provider
    before = order_tally(kind, provider)
    note_outcome(order, Failed(fault=Fault(code=ErrorCode.PROVIDER_TIMEOUT, message="late")), seconds=2.0)
    after = order_tally(kind, provider)
    assert (after.orders - before.orders, after.failures - before.failures) == (1, 1)
    assert (after.seconds - before.seconds, after.last_error) == (2.0, "PROVIDER_TIMEOUT")
    labels = {"kind": kind, "provider": provider, "error_code": "PROVIDER_TIMEOUT"}
    assert (REGISTRY.get_sample_value("scenebeat_order_failures_total", labels) or 0) >= 1


def test_what_was_spent_is_counted_by_model() -> None:
    order = clip_order()
    labels = {"kind": order.command.kind, "provider": order.provider, "model": order.model}
    before = REGISTRY.get_sample_value("scenebeat_spend_usd_total", labels) or 0.0
    fault = Fault(code=ErrorCode.PROVIDER_ERROR, message="charged all the same", charged=True)
    note_outcome(order, Failed.model_validate({"fault": fault, "cost_usd": "1.60"}), seconds=1.0)
    assert REGISTRY.get_sample_value("scenebeat_spend_usd_total", labels) == before + 1.6
