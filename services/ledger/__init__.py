"""The ledger going out as a workbook, and old ledgers coming in."""
