"""The call's minimum as policy per partner and kind of device: what its stations judge by."""
