/**
 * The journal: one append-only log per node, cut into segments, with an index of what is live. It
 * keeps bytes for owners (queues) and last values for keys (facts); what they mean is its user's
 * business. docs/storage.md has the format and the rules.
 */
@NullMarked
package io.serai.storage.journal;

import org.jspecify.annotations.NullMarked;
