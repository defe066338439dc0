"""In debug mode, how an order was understood: what was asked, which defaults filled it up, and the whole prompt."""

from gateway.films import FilmSettings
from gateway.history.records import Job, Production
from gateway.planning import Means
from shared.contracts.base import Kind
from shared.logs import logger

log = logger(__name__)

MINTED = {"seed": None, "output_dir": None}
"""Made anew for an order that does not bring one: no file has a default for it."""


def tell_job(job: Job, *, kind: Kind, means: Means) -> None:
    """One line for a job. Pictures are hash and size by now."""
    used = job.plan["parameters_used"]
    log.debug(
        "job_planned",
        job_id=job.id,
        production_id=job.production_id,
        part=job.part,
        kind=kind,
        asked=job.request,
        defaults={name: value for name, value in used.items() if name not in job.request | MINTED},
        defaults_from=means.defaults.preference(kind).file,
        seed=used.get("seed"),
        backend=job.plan["backend"],
        model=job.plan["model"],
        adjusted=job.plan["adjusted_parameters"],
        ignored=job.plan["ignored_parameters"],
        prompt=job.plan["prompt"],
    )


def tell_production(production: Production, *, means: Means) -> None:
    """One line for a film: what was asked, which file filled up the rest, and everything that was settled."""
    inputs = FilmSettings.model_validate(production.settings).inputs
    log.debug(
        "production_planned",
        production_id=production.id,
        asked=production.request,
        defaults={
            means.defaults.preference(kind).file: {
                name: value for name, value in settled.items() if name not in production.request
            }
            for kind, settled in inputs.items()
        },
        settings=production.settings,
    )
