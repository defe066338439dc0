from shared.runtime import run
from video_svc.config import VideoConfig
from video_svc.service import video_service

run(video_service, VideoConfig, "video")
