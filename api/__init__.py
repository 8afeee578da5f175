"""What we serve: routes from one table, answers from memory, errors as problem documents."""
