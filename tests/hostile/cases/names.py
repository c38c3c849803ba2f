"""Names of students, which are names of folders: printed, recorded, and written to a spreadsheet."""

from hostile.case import NOTHING, Case

NAMELESS = {"earns": NOTHING, "status": "unreadable", "says": ("cannot be printed", "Rename the folder")}

CASES = (
    Case("name-with-newline", "a name of two lines", student="two\nlines", **NAMELESS),  # type: ignore[arg-type]
    Case("name-with-codes-in-it", "a name that colours the terminal", student="x\x1b[31mred\x07", **NAMELESS),  # type: ignore[arg-type]
    Case("name-of-bytes", "a name in another encoding", student=b"J\xf6rg", **NAMELESS),  # type: ignore[arg-type]
    Case("name-that-climbs", "a name with dots", student="%2e%2e%2fabove.."),
    Case("name-like-an-option", "a name that begins like an option", student="--force"),
    Case("name-like-a-formula", "a name that a spreadsheet runs", student="=1+1"),
    Case("name-with-markup", "a name with markup and script", student="[bold]<script>x<"),
    Case("name-with-sql", "a name that ends a statement", student="'; DROP TABLE student; --"),
    Case("name-with-signs", "a name with signs of a template", student="{course}%s$COURSE"),
    Case("name-of-pictures", "a name of pictures", student="💥é𝕏"),
    Case("name-that-is-long", "a name of 200 letters", student="n" * 200),
)
