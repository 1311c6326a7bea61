"""Upkeep of a store: inspecting, checking, compacting, erasing and recovering what it holds."""

from darksocial.store.upkeep.forgetting import forget
from darksocial.store.upkeep.inspection import info, verify, verify_folder
from darksocial.store.upkeep.maintenance import compact, prepare, purge
from darksocial.store.upkeep.recovery import recover
from darksocial.store.upkeep.values import Recovery, StoreInfo

__all__ = [
    "Recovery",
    "StoreInfo",
    "compact",
    "forget",
    "info",
    "prepare",
    "purge",
    "recover",
    "verify",
    "verify_folder",
]
