"""`compact` makes the shipped model, `finetune` tunes any base on labelled files."""

import typer

from services.sentiment.train.compact import compact
from services.sentiment.train.finetune_files import finetune_files

app = typer.Typer(no_args_is_help=True, add_completion=False)
app.command("compact")(compact)
app.command("finetune")(finetune_files)

if __name__ == "__main__":
    app()
