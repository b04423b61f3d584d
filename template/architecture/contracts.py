"""A contract type of our own for import-linter: a layer may use only what is listed."""

import sys
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class AllowListContract(Contract):
    """Packages from outside the service are refused unless listed; the standard library is free.

    import-linter's own `forbidden` type needs the name of every package that must stay out. Here
    a package that nobody thought of is refused too.
    """

    type_name = "allow_list"

    layer = fields.StringField()
    allowed = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        layer = str(self.layer)
        inside = set(self.session_options["root_packages"]) | set(sys.stdlib_module_names)
        permitted = inside | set(cast("list[str]", self.allowed or []))
        offences = [
            details
            for importer in sorted({layer} | graph.find_descendants(layer))
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if imported.split(".")[0] not in permitted
            for details in graph.get_import_details(importer=importer, imported=imported)
        ]
        return ContractCheck(kept=not offences, metadata={"offences": offences})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for offence in check.metadata["offences"]:
            place = f"{offence['importer']} -> {offence['imported']}"
            output.print_error(f"- {place} (l.{offence['line_number']})", bold=False)
        output.new_line()
