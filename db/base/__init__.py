"""What every room needs: errors, files written whole or not at all, locks, French numbers and dates.
May import: nothing."""
