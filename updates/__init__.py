"""What every update of a service goes through, before and after Copier's own work.

Copier runs it as `_migrations` in copier.yml says, from a checkout of the version that a service is
updated to; nothing of it is rendered. `before` refuses what could not be undone. `after` merges, file by
file and in bytes, what the owner and the template have changed, and leaves nothing of Copier's merge.
"""
