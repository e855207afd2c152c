"""What every platform's stand-in shares: state, clock, faults, webhook delivery, control API and pages."""
