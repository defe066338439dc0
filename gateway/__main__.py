from gateway.config import GatewayConfig
from gateway.service import gateway_service
from shared.runtime import run

run(gateway_service, GatewayConfig, "gateway")
