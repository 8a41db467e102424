"""General kernels in numpy: from prepared facts to figures of every member and period at once."""
