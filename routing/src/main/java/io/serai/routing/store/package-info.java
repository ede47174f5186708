/**
 * What routing keeps beyond the process: the interfaces it needs of a store, and how definitions,
 * messages and sessions are written there. Knows no disk.
 */
@NullMarked
package io.serai.routing.store;

import org.jspecify.annotations.NullMarked;
