"""What the first lines of a page show by themselves."""

OWN = {"/wall": "[data-scene=peringkat] [data-account]", "/akun/dinkes": "[data-score]"}


ALERT = "[role=alert]"
