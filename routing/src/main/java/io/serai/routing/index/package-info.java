/** Persistent structures: readers take no lock, writers copy the path they change. */
@NullMarked
package io.serai.routing.index;

import org.jspecify.annotations.NullMarked;
