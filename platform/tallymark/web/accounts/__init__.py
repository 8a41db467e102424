"""Sign up, sign in, sign out, accept an invitation."""
