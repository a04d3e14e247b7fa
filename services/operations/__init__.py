"""What people do: one verb a file. Each authorises, locks, decides, changes, records and tells, in that order."""
