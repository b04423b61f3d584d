"""The three-way merge of `copier update`.

Copier runs this package before and after its own update (`_migrations` in copier.yml), from a checkout of
the version that the service is updated to. It is not rendered into services. `before` refuses an update
that could not be undone. `after` replaces the result of Copier's merge by a merge of its own, which treats
files as bytes.
"""
