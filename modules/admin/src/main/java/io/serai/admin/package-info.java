/**
 * The node seen over HTTP: health and metrics. It reads what the node says of itself ({@link
 * io.serai.admin.NodeView}) and changes nothing.
 */
@NullMarked
package io.serai.admin;

import org.jspecify.annotations.NullMarked;
