/** The routing core's store on the node's journal. */
@NullMarked
package io.serai.node.store;

import org.jspecify.annotations.NullMarked;
