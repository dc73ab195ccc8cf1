"""The state of having responded: from the first response at or above the rule on (S2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from igcore.analysis.result import Note, NoteKind, counted
from igcore.analysis.states.state import State, Told, Words, groups_are, without_trials
from igcore.errors import Refused
from igcore.params import Choice
from igcore.store import Pool

RESPONDERS = {
    "CR": "CR or better",
    "VGPR": "VGPR or better",
    "PR": "PR or better",
    "MR": "MR or better",
}
DEPTHS = {"CR": 5, "VGPR": 4, "PR": 3, "MR": 2}  # as response_depth() has them
FROM_RESPONSE = ("DOR", "DOCR", "RSD", "DUR")  # endpoints whose clock starts at the response

Responder = Annotated[
    str,
    Choice(
        label="Responder",
        options=RESPONDERS,
        applies=groups_are("response"),
        when="the groups are by response",
        says="The least response that counts.",
    ),
]


@dataclass(frozen=True, kw_only=True)
class Response(State):
    """Responders by the least response that counts; a response stays."""

    responder: Responder = "PR"

    code = "response"
    label = "Response"
    groups = ("responder", "non-responder")
    usual_landmark = 4  # responses come early
    words = Words(
        verb="respond",
        does="responds",
        past="responded",
        noun="response",
        names=("Responders", "Non-responders"),
        later_name="Respond later",
        who="a responder",
        as_one="as one",
        ever="as a responder",
        favoured="the responders",
        not_yet="a non-responder",
        reached="the responders",
        others="the non-responders",
        within=("the responders", "the non-responders"),
        curve_of="responders",
        later="later responders change over",
        stay="later responders stay with the non-responders",
        had=lambda had, had_not: (
            f"{counted(had, 'responder')} and {counted(had_not, 'non-responder')}"
        ),
    )

    @property
    def title(self) -> str:
        return f"response ({RESPONDERS[self.responder]})"

    @property
    def biased(self) -> str:
        return (
            "Biased: responders had to survive until they responded. "
            "Not evidence that response or IgA recovery prolongs survival."
        )

    @property
    def since(self) -> str:
        return f"response ({RESPONDERS[self.responder]}) counted from its day on"

    @property
    def by_then(self) -> str:
        return f"responders ({RESPONDERS[self.responder]})"

    def values(self) -> dict[str, Any]:
        return {"least_depth": DEPTHS[self.responder]}

    def trials(self, pool: Pool, who: dict[str, Any], timing: str) -> tuple[list[str], list[Note]]:
        seen = pool.rows("response_trials", **who)
        usable = seen.dated > 0
        if timing == "ever":
            usable |= seen.undated > 0

        def why(row: Any) -> str:
            if row.undated:
                return 'it has best responses without dates; they serve "ever" alone'
            return "it has no response records"

        notes = without_trials(seen[~usable], why)
        if not usable.any():
            told = " ".join(map(str, notes))
            raise Refused(f"Groups by response need response records. {told}")
        return list(seen[usable].trial), notes

    def refuse(self, pool: Pool, values: dict[str, Any]) -> None:
        (found,) = pool.rows("starts_at_response", **values).itertuples()
        starts = found.starts > 0 and 2 * found.starts > found.n
        endpoint = values["endpoint"]
        if endpoint.upper() in FROM_RESPONSE or starts:
            raise Refused(
                f"Endpoint: {endpoint} starts at the response, so everyone in it is a responder. "
                "Group it by arm, sex or trial."
            )

    def unseen(self, told: Told) -> list[Note]:
        if not told.unseen:
            return []
        who = counted(told.unseen, "patient")
        words = f"Counted as non-responders: {who} without any response record."
        return [Note(NoteKind.UNKNOWN, words)]

    def cautions(self, told: Told) -> list[Note]:
        rows = told.grouped[2 * told.grouped.unseen > told.grouped.n]
        return [
            Note(
                NoteKind.CAUTION,
                f"{row.unseen} of {counted(row.n, 'patient')} of trial "
                f"{row.trial} have no response record and count as non-responders. What this trial "
                f"tells rests on {counted(row.reached, 'responder')}.",
            )
            for row in rows.itertuples()
        ]
