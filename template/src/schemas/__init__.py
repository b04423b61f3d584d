"""The schemas of requests and responses. They import no other layer."""
