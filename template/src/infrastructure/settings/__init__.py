"""The settings that come from the template; `infrastructure.config` adds those of this service."""
