"""The routers of your own contexts."""

from fastapi import APIRouter

OWN_ROUTERS: list[APIRouter] = []
"""One line per aggregate, such as `books.router`, from `presentation.routers.catalog`."""
