/** Drives a session in tests: no socket, no clock, no broker. */
@NullMarked
package io.serai.gateway.harness;

import org.jspecify.annotations.NullMarked;
