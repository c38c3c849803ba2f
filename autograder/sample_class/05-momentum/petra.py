# Printed the notebook and gave the page the name of the notebook.
# Damage: print_to_pdf
