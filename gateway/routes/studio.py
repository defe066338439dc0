"""The studio: the page at `/` for browsers, and its files. Built by `make studio`; the gateway runs without it too."""

from pathlib import Path

from aiohttp import hdrs, web

from gateway.documents.operations import files
from gateway.routes.ops import INDEX
from gateway.routes.parameters import wants_page

BUILT = Path(__file__).resolve().parent.parent / "web" / "dist"
NOT_BUILT = (
    "The studio is not built here: type `make studio` (it needs Node 20 or newer, or PyPI, and the npm registry) "
    "and load this page again. The API works without it: GET /api/mv lists its calls.\n"
)
FOR_EVER = "public, max-age=31536000, immutable"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""Nothing from elsewhere, and no script or style in the page itself."""

FILES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
PAGE = ("text/html", "text/plain")
"""The page, or how to build it."""

routes = web.RouteTableDef()


@routes.get("/")
@files("The studio for a browser, the index for programs", "application/json", *PAGE, public=True)
async def get_root(request: web.Request) -> web.StreamResponse:
    if not wants_page(request):
        return web.json_response(INDEX, headers={"Vary": "Accept"})
    return page()


@routes.get("/library")
@files("The studio's library", *PAGE, public=True)
async def get_library(_request: web.Request) -> web.StreamResponse:
    return page()


@routes.get("/productions/{production_id}")
@files("The studio's page of a production", *PAGE, public=True)
async def get_page(_request: web.Request) -> web.StreamResponse:
    """The studio shows its own addresses: a reload anywhere finds the page again."""
    return page()


@routes.get("/studio/{name}")
@files("A file of the studio", *FILES.values(), public=True)
async def get_file(request: web.Request) -> web.StreamResponse:
    """A file of the page. Its name holds the hash of what is in it, the icon's excepted."""
    folder = BUILT / "studio"
    file = folder / request.match_info["name"]
    if file.parent != folder or file.suffix not in FILES or not file.is_file():
        raise web.HTTPNotFound
    kept = FOR_EVER if "-" in file.stem else "public, max-age=3600"
    headers = {hdrs.CONTENT_TYPE: FILES[file.suffix], hdrs.CACHE_CONTROL: kept, hdrs.VARY: hdrs.ACCEPT_ENCODING}
    return web.FileResponse(file, headers=headers)


def page() -> web.StreamResponse:
    """The page itself, asked for anew at every visit; in words how to build it where it is not built."""
    index = BUILT / "index.html"
    if not index.is_file():
        return web.Response(text=NOT_BUILT, headers={"Vary": "Accept"})
    return web.FileResponse(
        index,
        headers={
            hdrs.CACHE_CONTROL: "no-cache",
            hdrs.VARY: f"{hdrs.ACCEPT}, {hdrs.ACCEPT_ENCODING}",
            "Content-Security-Policy": POLICY,
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        },
    )
