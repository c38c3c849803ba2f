# His upload failed, and left an empty file.
# Damage: empty
