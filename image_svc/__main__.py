from image_svc.config import ImageConfig
from image_svc.service import image_service
from shared.runtime import run

run(image_service, ImageConfig, "image")
