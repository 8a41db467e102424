"""Who may read and write which table: grants, row-level security, and the check that nothing was forgotten.

Security is not history: after every migration it is made anew from the rules here, so that a database
that was migrated step by step and a fresh one are protected alike.
"""
