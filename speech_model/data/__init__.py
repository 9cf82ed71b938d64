"""Speech for training: what there is, who may be trained on, how it is varied and stored.

`corpora` finds recordings of open corpora and `synthetic` makes some; both end in a manifest.
`splits` tells which speakers are kept for measuring. `preparation` turns what manifests list into
examples, which training reads: `joining` puts recordings together, `drawing` decides how they sound
and `augment` makes them sound so.
"""
