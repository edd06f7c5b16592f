"""The web app of `society view`: a society while it is played, and runs that were stored."""
