"""`python -m tests.metered image|video`: the real service, with the metered provider beside its own."""

import sys
from functools import partial

from image_svc import providers as image_providers
from image_svc.config import ImageConfig
from image_svc.service import image_service
from shared.runtime import run
from tests.metered.provider import open_metered
from video_svc import providers as video_providers
from video_svc.config import VideoConfig
from video_svc.service import video_service

if sys.argv[1] == "image":
    image = {**image_providers.PROVIDERS, "metered": open_metered}
    run(partial(image_service, opening=image), ImageConfig, "image")
else:
    video = {**video_providers.PROVIDERS, "metered": open_metered}
    run(partial(video_service, opening=video), VideoConfig, "video")
