"""The bodies of answers: rows in, wire names out. URLs are added here, when something is read. Pure."""

from gateway.render.assets import asset_body, image_info, project_body, scene_set_body, video_info
from gateway.render.exports import cut_body, timeline
from gateway.render.jobs import job_body
from gateway.render.productions import FractionOf, film_fraction, production_body, versions_body
from gateway.render.results import result_body
from gateway.render.urls import Urls

__all__ = [
    "FractionOf",
    "Urls",
    "asset_body",
    "cut_body",
    "film_fraction",
    "image_info",
    "job_body",
    "production_body",
    "project_body",
    "result_body",
    "scene_set_body",
    "timeline",
    "versions_body",
    "video_info",
]
