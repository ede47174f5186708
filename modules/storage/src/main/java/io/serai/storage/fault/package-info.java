/** Files that fail on purpose, for tests of storage and of whole nodes. Never used otherwise. */
@NullMarked
package io.serai.storage.fault;

import org.jspecify.annotations.NullMarked;
