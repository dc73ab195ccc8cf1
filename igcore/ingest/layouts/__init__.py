"""Layouts that need no mapping: our templates, CDISC ADaM and SDTM, MMRF CoMMpass."""
