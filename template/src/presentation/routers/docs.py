"""The page of the API documentation. `API_DOCS=false` turns off the page and the API document.

FastAPI's own page runs whatever a third party serves as the latest Swagger UI. This one pins a
version and the hashes of its files, so that no other code runs on a page of the service.
"""

from base64 import b64encode
from hashlib import sha256
from html import escape

from fastapi import APIRouter, Response

from presentation.about import TITLE

router = APIRouter(include_in_schema=False)

_SWAGGER_UI = "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5.35.0/"
_SCRIPT_HASH = "sha384-gjRm0bEPMeTmMh5jT2cHccIwCUZSTd8YC+j0d0sXw0MdGEfScduGpSyF3ZSSLkX9"
_STYLE_HASH = "sha384-WlYgdmXYOOBWL5apwjDEZwN+U3HmXSSu5R6V5aGxEcf7z+KuRNwBhoxKVN1i3D5I"
_START = 'SwaggerUIBundle({url: "openapi.json", dom_id: "#page", deepLinking: true});'

_PAGE = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(TITLE)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{_SWAGGER_UI}swagger-ui.css"
  integrity="{_STYLE_HASH}" crossorigin="anonymous">
</head>
<body>
<div id="page"></div>
<script src="{_SWAGGER_UI}swagger-ui-bundle.js"
  integrity="{_SCRIPT_HASH}" crossorigin="anonymous"></script>
<script>{_START}</script>
</body>
</html>
"""
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'; connect-src 'self'; img-src data:;"
    f" style-src {_SWAGGER_UI}; script-src {_SWAGGER_UI}"
    f" 'sha256-{b64encode(sha256(_START.encode()).digest()).decode()}'"
}


@router.get("/docs")
async def docs_endpoint() -> Response:
    """Return a page on which the API can be explored and tried."""
    return Response(_PAGE, media_type="text/html", headers=_HEADERS)
