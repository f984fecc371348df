"""Clinics as they are after years, put straight into the tables: only the size is made up quickly.

Rows come in the order in which they would have been written (random patients, time forward), in
commits of one morning each, because both decide how full the pages are: what is bulk-loaded in key
order is a third smaller than a clinic that grew.
"""

from __future__ import annotations
