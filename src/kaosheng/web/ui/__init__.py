"""What every page shares: base pages, components, words of errors."""
