"""The words of the `travelhub` command, a module for each subject."""
