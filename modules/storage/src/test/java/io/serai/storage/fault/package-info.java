/** Tests of the failing files. */
package io.serai.storage.fault;
