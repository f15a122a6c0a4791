"""From any citation back to its words: in the vault's bytes, or a text taken out of them anew."""

from dataclasses import dataclass, field

from ashiato.core.confinement import barred
from ashiato.core.errors import BadInput
from ashiato.core.evidence import Citation, SpanLocator
from ashiato.read import extracted_texts, words_at
from ashiato.vault import Vault

HELD = 4
"""Exhibits whose texts are kept while citations of them are resolved."""


@dataclass(frozen=True, slots=True)
class CaseResolver:
    """Resolves what a vault can, and takes texts out of its exhibits again where words stand there.

    The texts are made by the reader in force, in the sandbox, and their hash is checked.
    """

    vault: Vault
    _texts: dict[str, dict[tuple[str, str], tuple[str, str]]] = field(default_factory=dict)

    def resolve(self, citation: Citation) -> bytes:
        """Give exactly the cited bytes (`ashiato.core.evidence.Resolver`).

        Raises:
            BadInput: there is no sandbox here to take the text out in.
            IntegrityFailure: the exhibit is not as sealed, has no such place, or no longer gives
                the text that was cited.

        """
        place = citation.locator
        if not isinstance(place, SpanLocator) or place.extractor is None:
            return self.vault.resolve(citation)
        return words_at(citation, place, self._of(citation))

    def _of(self, citation: Citation) -> dict[tuple[str, str], tuple[str, str]]:
        found = self._texts.get(citation.exhibit)
        if found is None:
            if lacking := barred():
                told = f"the text cannot be taken out of the file here: {lacking}"
                remedy = "ask on a system that has what is lacking"
                raise BadInput(told, path=citation.path, remedy=remedy)
            with self.vault.open_object(citation.exhibit) as exhibit:
                found = extracted_texts(citation, exhibit)
            while len(self._texts) >= HELD:
                self._texts.pop(next(iter(self._texts)))
            self._texts[citation.exhibit] = found
        return found
