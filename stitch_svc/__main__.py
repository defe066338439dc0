from shared.runtime import run
from stitch_svc.config import StitchConfig
from stitch_svc.service import stitch_service

run(stitch_service, StitchConfig, "stitch")
