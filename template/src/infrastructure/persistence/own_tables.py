"""The tables of your own contexts: one import per module of models.

`import infrastructure.persistence.catalog.models.book`
"""
