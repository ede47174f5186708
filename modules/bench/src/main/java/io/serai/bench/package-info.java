/** {@code serai bench}: the load tool, comparisons with other brokers, JMH benchmarks. */
@NullMarked
package io.serai.bench;

import org.jspecify.annotations.NullMarked;
